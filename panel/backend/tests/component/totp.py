"""An authenticator (RFC 6238), independent of the one under test."""
import base64
import hashlib
import hmac
import struct
import time


def code(secret, ahead=0):
    """The code of now, or of so many steps ahead."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + ahead), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4]) & 0x7fffffff) % 10**6:06}"


def wrong(secret):
    """Six digits that are the code of no step near now."""
    near = {code(secret, ahead) for ahead in range(-3, 4)}
    return next(f"{n:06}" for n in range(100) if f"{n:06}" not in near)


def enable(berth, user, token, password):
    """Enrols and confirms; gives the secret and the recovery codes. The codes of now and one step ahead are free again."""
    made = berth.good("POST", "/session/totp", {"password": password}, token=token).json
    done = berth.good("POST", "/session/totp/confirm", {"code": code(made["secret"])}, token=token).json
    forget_steps(berth, user)
    return made["secret"], done["recoveryCodes"]


def forget_steps(berth, user):
    """So that a test need not wait 30 seconds for each code."""
    berth.sql("UPDATE totp SET last_step = 0 WHERE account = ?", user)
