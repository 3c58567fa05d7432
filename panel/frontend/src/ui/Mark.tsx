/** Berth's mark: a bollard with a line made fast to it. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0d5f76" />
      <path d="M9.5 9h13M12.5 9v13.5M19.5 9v13.5M8 23.5h16" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
      <path d="M10 14.2c4 2.4 8 2.4 12 0M10 18.4c4 2.4 8 2.4 12 0" stroke="#8fd0e1" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
