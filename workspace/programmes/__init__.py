"""Programmes, their editions, phases, dates and gates."""
