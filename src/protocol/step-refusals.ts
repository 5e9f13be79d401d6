/** What goes wrong in steps on events and in the webhooks that hear of them. A step's own refusal is answered in its own words. */
import { codes, platform, refusal } from './refusal.ts'

const exceptions = `${platform}/handle-exceptions`

export const STEP_REFUSALS = {
  StepFailed: refusal(400, '0x80040265', exceptions, (message: string) => message),
  StepTimedOut: refusal(
    500,
    '0x80081111',
    codes,
    (step: string, seconds: number) => `Didn't receive a response from the ${step} plug-in within the ${seconds}-second limit.`,
  ),
  StepCrashed: refusal(
    500,
    '0x8004418d',
    codes,
    (step: string, detail: string) =>
      `The plug-in execution failed because the Sandbox Worker process crashed. This is typically due to an error in the plug-in code. ${step}: ${detail}`,
  ),
  StepsTooDeep: refusal(
    400,
    '0x80044182',
    codes,
    () =>
      'This workflow job was canceled because the workflow that started it included an infinite loop. Correct the workflow logic and try again. ' +
      'For information about workflow logic, see Help.',
  ),
  StepHidError: refusal(
    400,
    '0x8009000c',
    `${platform}/troubleshoot-plug-in`,
    (step: string, message: string) =>
      'ISV code reduced the open transaction count. Custom plug-ins should not catch exceptions from OrganizationService calls and continue processing. ' +
      `${step} went on after: ${message}`,
  ),
  StepNotAllowed: refusal(
    400,
    '0x80044187',
    codes,
    (detail: string) => `Custom SdkMessageProcessingStep is not allowed on the specified message and entity. ${detail}`,
  ),
  StepImageNotAllowed: refusal(400, '0x8004416d', codes, (message: string) => `Message ${message} does not support this image type.`),
  WebhookRefused: refusal(
    400,
    '0x80050201',
    codes,
    (status: number) =>
      `The webhook call failed because the http request received non-success httpStatus code. Please check your webhook request handler. Status: ${status}.`,
  ),
  WebhookTimedOut: refusal(
    400,
    '0x80050202',
    codes,
    () => 'The webhook call failed because the Http request timed out at client side. Please check your webhook request handler.',
  ),
  WebhookHeaders: refusal(
    400,
    '0x80050203',
    codes,
    () =>
      'The webhook call failed because of invalid http headers in authValue. Check if the authValue format, header names and values are valid for your Service ' +
      'Endpoint entity.',
  ),
  WebhookQuery: refusal(
    400,
    '0x80050204',
    codes,
    () =>
      'The webhook call failed because of invalid http query params in authValue. Check if the authValue format, query parameter names and values are valid for ' +
      'your Service Endpoint entity.',
  ),
  WebhookFailed: refusal(
    400,
    '0x80050205',
    codes,
    (detail: string) => `The webhook call failed during http post. Please check the exception for more details. ${detail}`,
  ),
} as const
