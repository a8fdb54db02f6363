import { configure } from '@testing-library/react';

// What a test waits for comes in milliseconds; on a machine that does much else it may take seconds. Waiting ends at once when it comes.
configure({ asyncUtilTimeout: 10_000 });
