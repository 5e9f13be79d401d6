/** The certificate of a server that speaks HTTPS: read at the start, and again when its files change or SIGHUP comes; a bad pair changes nothing. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext } from 'node:tls'

export type CertificateFiles = { readonly certificate: string; readonly key: string }
export type Certificate = { readonly cert: Buffer; readonly key: Buffer }

const LOOK_EVERY_MS = 10_000
// Whoever renews writes two files: both are to be there.
const SETTLED_MS = 1000

/** Throws a plain error, for the person who starts the server. */
export function readCertificate({ certificate, key }: CertificateFiles): Certificate {
  try {
    const read = { cert: readFileSync(certificate), key: readFileSync(key) }
    createSecureContext(read)
    return read
  } catch (cause) {
    throw new Error(`the certificate ${certificate} with the key ${key} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

type Log = (level: 'error' | 'info', details: object, text: string) => void

/** The answer ends it. */
export function watchCertificate(files: CertificateFiles, use: (certificate: Certificate) => void, log: Log): () => void {
  let later: NodeJS.Timeout | undefined
  const renew = () => {
    try {
      use(readCertificate(files))
      log('info', { certificate: files.certificate }, 'certificate renewed')
    } catch (cause) {
      log('error', { err: String(cause) }, 'the certificate stays as it was')
    }
  }
  const soon = () => {
    clearTimeout(later)
    later = setTimeout(renew, SETTLED_MS).unref()
  }
  const both = [files.certificate, files.key]
  for (const file of both) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, soon)
  process.on('SIGHUP', renew)
  return () => {
    clearTimeout(later)
    for (const file of both) unwatchFile(file, soon)
    process.off('SIGHUP', renew)
  }
}
