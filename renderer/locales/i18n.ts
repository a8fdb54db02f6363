import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { english } from './resources.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'ui';
    resources: typeof english;
  }
}

/** Starts the catalogues; everything is bundled, so it is ready when this returns. React escapes, so i18next does not. */
export const startWords = (): void => {
  void i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'ui',
    resources: { en: english },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
};
