"""The page door of accounts: importing it hangs every view on its address."""

from workspace.accounts.views import confirm_person, passwords, people, register, settings, sign_in

__all__ = ["confirm_person", "passwords", "people", "register", "settings", "sign_in"]
