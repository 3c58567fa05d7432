// What Next's own generated file would say; kept here so that the type check needs no build before it.
/// <reference types="next" />
declare module '*.css';
