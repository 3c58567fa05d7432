"""Deploying by the API."""

from .archives import TAR, tar


def upload(api, site, data, media=TAR, expect=202, **headers):
    return api.call("POST", f"/sites/{site}/releases", expect, content=data, headers={"Content-Type": media, **headers})


def deploy(api, site, files):
    """From an upload to its end: the release's id."""
    accepted = upload(api, site, tar(files)).json()
    api.done(accepted)
    return accepted["release"]["id"]
