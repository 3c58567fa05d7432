import { Start } from './start';

export default function StartPage() {
  return <Start />;
}
