/** Counters and one histogram in Prometheus' text form: requests by method and status, seconds, and gauges read when asked. */
export type Metrics = {
  readonly observe: (method: string, status: number, seconds: number) => void
  readonly format: () => string
}

export type Gauge = { readonly name: string; readonly help: string; readonly read: () => number }

// Seconds. From a point read (0.25 ms) to the query limit.
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60]

export function createMetrics(gauges: readonly Gauge[]): Metrics {
  // By method, then by status: no label is put together for a request.
  const counts = new Map<string, Map<number, number>>()
  const buckets = BUCKETS.map(() => 0)
  let total = 0
  let sum = 0

  function observe(method: string, status: number, seconds: number): void {
    let ofMethod = counts.get(method)
    if (!ofMethod) {
      ofMethod = new Map()
      counts.set(method, ofMethod)
    }
    ofMethod.set(status, (ofMethod.get(status) ?? 0) + 1)
    const at = BUCKETS.findIndex((limit) => seconds <= limit)
    if (at >= 0) buckets[at] = (buckets[at] ?? 0) + 1
    total++
    sum += seconds
  }

  function format(): string {
    const lines = ['# HELP tidemark_requests_total Requests answered.', '# TYPE tidemark_requests_total counter']
    for (const [method, ofMethod] of counts) {
      for (const [status, count] of ofMethod) lines.push(`tidemark_requests_total{method="${method}",status="${status}"} ${count}`)
    }
    lines.push('# HELP tidemark_request_seconds Time from request to answer.', '# TYPE tidemark_request_seconds histogram')
    let below = 0
    BUCKETS.forEach((limit, index) => {
      below += buckets[index] ?? 0
      lines.push(`tidemark_request_seconds_bucket{le="${limit}"} ${below}`)
    })
    lines.push(`tidemark_request_seconds_bucket{le="+Inf"} ${total}`, `tidemark_request_seconds_sum ${sum}`, `tidemark_request_seconds_count ${total}`)
    for (const gauge of gauges) lines.push(`# HELP ${gauge.name} ${gauge.help}`, `# TYPE ${gauge.name} gauge`, `${gauge.name} ${gauge.read()}`)
    return `${lines.join('\n')}\n`
  }

  return { observe, format }
}
