"""Mentors whom a team invites to edit one canvas."""
