import fc from 'fast-check';

/** The same cases on every run, so that red means the code changed; a failure prints seed and path, `FC_SEED` tries others. */
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20_261_122), interruptAfterTimeLimit: undefined });
