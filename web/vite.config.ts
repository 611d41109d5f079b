import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { defineConfig } from "vitest/config";

/** Where the development server finds a running platform. */
const PLATFORM = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: "./project.inlang",
      outdir: "./src/paraglide",
      strategy: ["globalVariable", "baseLocale"],
      emitTsDeclarations: true,
    }),
  ],
  server: { proxy: { "/v1": PLATFORM } },
  build: {
    target: "es2022",
    // three.js is one chunk of its own, loaded with the studio and cached across releases of the page.
    chunkSizeWarningLimit: 800,
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
