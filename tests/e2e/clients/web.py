"""Sites, visited as a browser visits them: by name, with the platform's CA trusted and nothing else."""

import httpx

from .place import HTTPS_PORT, tls_context
from .wait import TIMEOUT_S, until


class Web:
    def __init__(self):
        self.http = httpx.Client(verify=tls_context(), timeout=20)

    def get(self, host, path="/", fresh=False):
        """One visit. `fresh` opens a connection of its own, as a new visitor does."""
        url = f"https://{host}:{HTTPS_PORT}{path}"
        if fresh:
            return httpx.get(url, verify=tls_context(), timeout=20)
        return self.http.get(url)

    def until_text(self, host, text, path="/", timeout=TIMEOUT_S):
        """Until the page is exactly this text."""

        def probe():
            answer = self.get(host, path, fresh=True)
            assert answer.status_code == 200 and answer.text == text, f"{answer.status_code} {answer.text[:200]!r}"
            return True

        until(f"https://{host}{path}", probe, timeout)

    def until_status(self, host, status, path="/", timeout=TIMEOUT_S):
        def probe():
            answer = self.get(host, path, fresh=True)
            assert answer.status_code == status, f"{answer.status_code} {answer.text[:200]!r}"
            return answer

        return until(f"https://{host}{path} answers {status}", probe, timeout)

    def until_not_served(self, host, timeout=TIMEOUT_S):
        """Until visitors get no site under this name: the platform's page, or no certificate that is good for it."""

        def probe():
            try:
                answer = self.get(host, fresh=True)
            except httpx.ConnectError as e:
                assert "CERTIFICATE_VERIFY_FAILED" in str(e), str(e)
                return True
            assert answer.status_code == 503, f"{answer.status_code} {answer.text[:200]!r}"
            return True

        until(f"https://{host} is not served", probe, timeout)
