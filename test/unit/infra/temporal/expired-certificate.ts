import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key and a certificate for 127.0.0.1, as PEM texts; `path` names the certificate's file. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly path: string;
  remove(): void;
}

const CONFIG = `
[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = names
copy_extensions = copy
unique_subject = no
[names]
commonName = supplied
`;

/** Whether the openssl program is there. */
export function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A self-signed certificate that was valid in January 2020. */
export function makeExpiredCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-certificate-"));
  const openssl = (...words: string[]): void => {
    execFileSync("openssl", words, { cwd: folder, stdio: "ignore" });
  };
  writeFileSync(join(folder, "ca.conf"), CONFIG);
  writeFileSync(join(folder, "index.txt"), "");
  openssl(
    ...[
      "req",
      "-new",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "key.pem",
      "-out",
      "request.pem",
    ],
    ...["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
  );
  openssl(
    ...["ca", "-batch", "-notext", "-selfsign", "-config", "ca.conf", "-in", "request.pem"],
    ...["-keyfile", "key.pem", "-out", "cert.pem"],
    ...["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"],
  );
  const path = join(folder, "cert.pem");
  return {
    key: readFileSync(join(folder, "key.pem"), "utf8"),
    cert: readFileSync(path, "utf8"),
    path,
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
