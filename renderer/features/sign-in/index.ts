export { readLink } from './arriving-link.ts';
export { SignInScreen as SignIn } from './screens/sign-in-screen.tsx';
