"""Bijzondere Toegang: carries a referral to heavy youth care from registration to closing."""

__version__ = "0.1.0"
