"""Certificates for a test, made by certtool in its folder."""
import os
import subprocess

_USES = {
    "server": "cn=localhost\ndns_name=localhost\nip_address=127.0.0.1\ntls_www_server\nsigning_key\n",
    "client": "cn=prometheus\ndns_name=prometheus.example\ntls_www_client\nsigning_key\n",
}


def _certtool(*words):
    subprocess.run(["certtool", *words], check=True, capture_output=True)


class Certificates:
    def __init__(self, folder):
        self.folder = os.path.join(folder, "certificates")
        os.mkdir(self.folder, 0o700)
        self.authority("ca")

    def path(self, name):
        return os.path.join(self.folder, name)

    def cert(self, name):
        return self.path(f"{name}.pem")

    def key(self, name):
        return self.path(f"{name}.key")

    def _template(self, name, text):
        with open(self.path(f"{name}.cfg"), "w") as file:
            file.write(text if "expiration" in text else text + "expiration_days=2\n")
        return self.path(f"{name}.cfg")

    def _make_key(self, name):
        _certtool("--generate-privkey", "--key-type", "ecdsa", "--curve", "secp256r1", "--outfile", self.key(name))
        os.chmod(self.key(name), 0o600)

    def authority(self, name):
        self._make_key(name)
        template = self._template(name, f"cn={name}\nca\ncert_signing_key\n")
        _certtool("--generate-self-signed", "--load-privkey", self.key(name), "--template", template, "--outfile",
                  self.cert(name))

    def make(self, name, use, by="ca", text=None):
        """A certificate `name` for a "server" or a "client", signed by an authority; `text`: another template."""
        self._make_key(name)
        template = self._template(name, text or _USES[use])
        _certtool("--generate-certificate", "--load-privkey", self.key(name), "--load-ca-certificate", self.cert(by),
                  "--load-ca-privkey", self.key(by), "--template", template, "--outfile", self.cert(name))
