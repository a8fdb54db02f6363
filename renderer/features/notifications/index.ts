export { BellPanel } from './components/bell-panel.tsx';
