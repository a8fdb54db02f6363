export { ConflictView } from './components/conflict-view.tsx';
export { ProblemCard } from './components/problem-card.tsx';
