"""The page door of accounts: importing it hangs every view on its address."""

from workspace.accounts.views import sign_in

__all__ = ["sign_in"]
