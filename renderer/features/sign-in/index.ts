export { SignInScreen as SignIn } from './screens/sign-in-screen.tsx';
