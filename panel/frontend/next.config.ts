import type { NextConfig } from 'next';

// A static export: every page is a folder with an index.html, so any web server can serve it without rules.
const config: NextConfig = {
  output: 'export',
  trailingSlash: true,
  reactStrictMode: true,
  poweredByHeader: false,
  images: { unoptimized: true },
  // The repository's root has no package.json; without this Next looks for one above.
  turbopack: { root: import.meta.dirname },
};

export default config;
