/** What a server can be told, by flag or environment variable: one table makes the flags, the `--help` lines and the checks. */
import { z } from 'zod'
import { parseLimits } from './parse-limits.ts'

const DATABASE = /^(?:sqlite:.|postgres(?:ql)?:\/\/.)/

/** Comma separated. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  )

export const Config = z.object({
  port: z.coerce.number().int().min(0).max(65535).default(4000),
  host: z.string().min(1).default('127.0.0.1'),
  data: z.string().min(1).default('./data'),
  database: z.string().regex(DATABASE, 'it is sqlite:<file> or postgres://<user>@<host>/<database>').optional(),
  connections: z.coerce.number().int().min(4).max(1000).default(20),
  readReplicas: list.refine((urls) => urls.every(isPostgres), 'each is postgres://<user>@<host>/<database>'),
  replicaStaleness: z.coerce.number().min(0).max(3600).default(5),
  corsOrigins: list,
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  querySeconds: z.coerce.number().positive().max(3600).default(30),
  answerMegabytes: z.coerce.number().positive().max(512).default(256),
  readers: z.coerce.number().int().min(1).max(64).default(3),
  durability: z.enum(['full', 'normal']).default('full'),
  steps: z.string().min(1).optional(),
  stepSeconds: z.coerce.number().positive().max(120).default(10),
  limits: z.string().default('none').transform(parseLimits),
  auth: z.enum(['none', 'local', 'oidc']).default('none'),
  publicUrl: z.string().optional(),
  issuers: list,
  audiences: list,
  tlsCertificate: z.string().min(1).optional(),
  tlsKey: z.string().min(1).optional(),
  trustedProxies: list,
})
export type Config = z.infer<typeof Config>

/** Of a database's URL. */
export function isPostgres(url: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(url)
}

type Setting = { readonly flag: string; readonly variable: string; readonly help: string }

export const SETTINGS: { readonly [K in keyof Required<Config>]: Setting } = {
  port: { flag: '--port <n>', variable: 'TIDEMARK_PORT', help: 'port to listen on; 0 picks a free one (default 4000)' },
  host: { flag: '--host <address>', variable: 'TIDEMARK_HOST', help: 'address to listen on; without authentication a loopback one (default 127.0.0.1)' },
  data: {
    flag: '--data <folder>',
    variable: 'TIDEMARK_DATA',
    help: "folder of the database, the server's keys and the command line's socket (default ./data)",
  },
  database: {
    flag: '--database <url>',
    variable: 'DATABASE_URL',
    help: 'postgres://<user>@<host>/<database>, or sqlite:<file> (default: a file of the data folder)',
  },
  connections: { flag: '--connections <n>', variable: 'TIDEMARK_CONNECTIONS', help: 'connections to PostgreSQL at the most, at least 4 (default 20)' },
  readReplicas: {
    flag: '--read-replicas <list>',
    variable: 'TIDEMARK_READ_REPLICAS',
    help: 'URLs of standbys of PostgreSQL, comma separated, that plain reads are sent to; deltas never are',
  },
  replicaStaleness: {
    flag: '--replica-staleness <s>',
    variable: 'TIDEMARK_REPLICA_STALENESS',
    help: 'seconds that a standby may be behind; past that it is not read from (default 5)',
  },
  corsOrigins: { flag: '--cors-origins <list>', variable: 'TIDEMARK_CORS_ORIGINS', help: 'origins, comma separated, whose web pages may read and write' },
  logLevel: { flag: '--log-level <level>', variable: 'TIDEMARK_LOG_LEVEL', help: 'fatal, error, warn, info, debug, trace or silent (default info)' },
  querySeconds: { flag: '--query-seconds <s>', variable: 'TIDEMARK_QUERY_SECONDS', help: 'seconds after which a query is killed (default 30)' },
  answerMegabytes: { flag: '--answer-megabytes <n>', variable: 'TIDEMARK_ANSWER_MEGABYTES', help: 'the largest answer to a query (default 256)' },
  readers: {
    flag: '--readers <n>',
    variable: 'TIDEMARK_READERS',
    help: 'reader processes at the most, and one for short reads while these are busy (default 3)',
  },
  durability: {
    flag: '--durability <mode>',
    variable: 'TIDEMARK_DURABILITY',
    help: 'full: an acknowledged write survives power loss; normal: it survives a killed process (default full)',
  },
  steps: { flag: '--steps <folder>', variable: 'TIDEMARK_STEPS', help: 'folder of modules whose code runs when rows are written: docs/steps.md' },
  stepSeconds: {
    flag: '--step-seconds <s>',
    variable: 'TIDEMARK_STEP_SECONDS',
    help: 'seconds after which the steps of one write are stopped and the write is undone; at most 120 (default 10)',
  },
  limits: {
    flag: '--limits <limits>',
    variable: 'TIDEMARK_LIMITS',
    help: 'service protection of each user: dataverse, or requests=n,seconds=n,concurrent=n,window=s; 429 beyond (default none)',
  },
  auth: {
    flag: '--auth <mode>',
    variable: 'TIDEMARK_AUTH',
    help: 'none: every caller is the administrator; local: tokens of this server for users made by user add; oidc: tokens of --issuers (default none)',
  },
  publicUrl: {
    flag: '--public-url <url>',
    variable: 'TIDEMARK_PUBLIC_URL',
    help: 'where clients find the server, and so the audience of tokens: https://data.example.com; may be left out on loopback',
  },
  issuers: { flag: '--issuers <list>', variable: 'TIDEMARK_ISSUERS', help: 'OpenID Connect issuers, comma separated, whose tokens are believed' },
  audiences: { flag: '--audiences <list>', variable: 'TIDEMARK_AUDIENCES', help: 'audiences of tokens, comma separated, besides --public-url' },
  tlsCertificate: { flag: '--tls-certificate <file>', variable: 'TIDEMARK_TLS_CERTIFICATE', help: 'certificate chain (PEM): the server speaks HTTPS' },
  tlsKey: { flag: '--tls-key <file>', variable: 'TIDEMARK_TLS_KEY', help: 'private key (PEM) of --tls-certificate' },
  trustedProxies: {
    flag: '--trusted-proxies <list>',
    variable: 'TIDEMARK_TRUSTED_PROXIES',
    help: 'addresses and networks (10.0.0.0/8), comma separated, whose forwarded headers count',
  },
}
