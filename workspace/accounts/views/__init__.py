"""The page door of accounts: importing it hangs every view on its address."""

from workspace.accounts.views import passwords, people, register, settings, sign_in

__all__ = ["passwords", "people", "register", "settings", "sign_in"]
