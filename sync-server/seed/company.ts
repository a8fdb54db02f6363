import type { Tx } from '../db/sql.ts';
import { insertRow, type NewRow } from './insert-rows.ts';

/** Falcon Academy as both seeds know it. */
export const insertCompany = (tx: Tx, settings: NewRow): Promise<string> =>
  insertRow(tx, 'company_settings', {
    company_name: 'Falcon Academy',
    address: '4th floor, Business Avenue, Shahrah-e-Faisal, Karachi 75400',
    contact_email: 'hello@falcon.academy',
    primary_phone: '+922138400100',
    company_email: 'office@falcon.academy',
    branding: { primary: '#3347C4', accent: '#0E9384' },
    timezone: 'Asia/Karachi',
    default_country_code: '92',
    multi_course_enabled: true,
    ...settings,
  });
