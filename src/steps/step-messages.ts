/** What passes between the thread that runs steps and the one that writes. Plain data: it is copied. */
import type { Registration, ServiceAnswer, ServiceRequest, StepContext } from './step.ts'

/** `module`: the file's name in the folder. `place`: where among those that it registers, from 0. */
export type CodeStep = Registration & { readonly module: string; readonly place: number }

export type ToSteps =
  | { readonly kind: 'run'; readonly call: number; readonly module: string; readonly place: number; readonly context: StepContext }
  | { readonly kind: 'served'; readonly service: number; readonly answer: ServiceAnswer }
  | { readonly kind: 'refused'; readonly service: number; readonly error: ServiceError }

/** A refusal of the catalogue, as a step sees it. */
export type ServiceError = { readonly name: string; readonly message: string; readonly code: string; readonly status: number }

/** `isDeliberate`: it was thrown as an InvalidPluginExecutionException. `service`: the refusal of a request of its own. */
export type StepError = {
  readonly message: string
  readonly isDeliberate: boolean
  readonly service: ServiceError | undefined
}

export type FromSteps =
  | { readonly kind: 'loaded'; readonly steps: readonly CodeStep[] }
  | { readonly kind: 'broken'; readonly reason: string }
  /** `target` and `targets`: as the step leaves them. `hidden`: a request of its own was refused, and it went on. */
  | {
      readonly kind: 'done'
      readonly call: number
      readonly target: unknown
      readonly targets: unknown
      readonly sharedVariables: { readonly [name: string]: unknown }
      readonly hidden: string | undefined
    }
  | { readonly kind: 'failed'; readonly call: number; readonly error: StepError }
  | { readonly kind: 'service'; readonly call: number; readonly service: number; readonly request: ServiceRequest }
