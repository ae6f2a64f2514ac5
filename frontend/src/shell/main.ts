/** The small behaviours of every page. Pages work without any of them. */
import { startDrafts } from "./drafts.ts";
import { startForms } from "./forms.ts";
import { startKeys } from "./keys.ts";
import { startMentions } from "./mentions.ts";
import { startOffline } from "./offline.ts";
import { startOverlays } from "./overlay.ts";
import { startSession } from "./session.ts";
import { startSwaps } from "./swap.ts";
import { startTheme } from "./theme.ts";
import { startToasts } from "./toast.ts";
import { startUploads } from "./upload.ts";

startForms();
startDrafts();
startUploads();
startSwaps();
startToasts();
startOverlays();
startTheme();
startKeys();
startSession();
startMentions();
startOffline();
