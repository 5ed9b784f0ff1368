import { hasCode, isSystemError } from '../../../system/errors.ts';
import { exit, OperatorError } from '../exit.ts';

/**
 * Does something to files. Throws OperatorError for what the operating system refuses, once all is said that
 * whoever did it knows.
 */
export function guarded<Done>(act: () => Done): Done {
  try {
    return act();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const remedy = hasCode(error, 'EACCES', 'EPERM')
      ? ['as an administrator, if it was not; else look what has the file open']
      : [];
    throw new OperatorError(exit.failed, error.message, remedy, { cause: error });
  }
}
