"""Signing in: with a password kept here, or through an OpenID Connect provider."""
