/** `navigator.credentials` in the JSON of WebAuthn level 3, for browsers that know level 2 as well. */

type Named = { id: string; type: "public-key" };
type Question = Record<string, unknown> & { challenge: string };

const bytes = (text: string): ArrayBuffer => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const made = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length; at += 1) made[at] = plain.charCodeAt(at);
  return made.buffer;
};

const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const named = (list: unknown): PublicKeyCredentialDescriptor[] =>
  ((list as Named[] | undefined) ?? []).map((it) => ({ type: "public-key", id: bytes(it.id) }));

async function question(address: string, token: string): Promise<Question> {
  const came = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": token },
  });
  if (!came.ok) throw new Error(String(came.status));
  return (await came.json()) as Question;
}

/** Have the person show a passkey; null when she closes the window of the browser. */
export async function ask(address: string, token: string): Promise<object | null> {
  const asked = await question(address, token);
  const options = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: named(asked["allowCredentials"]),
  } as PublicKeyCredentialRequestOptions;
  const found = await shown(() => navigator.credentials.get({ publicKey: options }));
  if (!found) return null;
  const made = found.response as AuthenticatorAssertionResponse;
  return {
    id: found.id,
    rawId: found.id,
    type: found.type,
    response: {
      clientDataJSON: text(made.clientDataJSON),
      authenticatorData: text(made.authenticatorData),
      signature: text(made.signature),
      userHandle: made.userHandle ? text(made.userHandle) : null,
    },
  };
}

/** Have a device make a passkey; null when the person closes the window of the browser. */
export async function make(address: string, token: string): Promise<object | null> {
  const asked = await question(address, token);
  const user = asked["user"] as { id: string; name: string; displayName: string };
  const options = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: named(asked["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  const found = await shown(() => navigator.credentials.create({ publicKey: options }));
  if (!found) return null;
  const made = found.response as AuthenticatorAttestationResponse;
  return {
    id: found.id,
    rawId: found.id,
    type: found.type,
    response: {
      clientDataJSON: text(made.clientDataJSON),
      attestationObject: text(made.attestationObject),
      transports: made.getTransports?.() ?? [],
    },
  };
}

async function shown(run: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await run()) as PublicKeyCredential | null;
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "NotAllowedError") return null;
    throw failure;
  }
}
