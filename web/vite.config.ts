import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { defineConfig } from "vitest/config";

/** Where the development server finds a running platform. */
const PLATFORM = "http://127.0.0.1:8080";

const messages = paraglideVitePlugin({
  project: "./project.inlang",
  outdir: "./src/paraglide",
  strategy: ["globalVariable", "baseLocale"],
  emitTsDeclarations: true,
});

export default defineConfig(({ mode }) => ({
  // `npm test` compiles the messages before; the plugin would keep the test runner from ending.
  plugins: mode === "test" ? [] : [messages],
  // The page reads events as the client does.
  server: { proxy: { "/v1": PLATFORM }, fs: { allow: [".", "../clients/typescript/src"] } },
  build: {
    target: "es2022",
    // three.js makes the studio's chunk large; it is fetched after signing in.
    chunkSizeWarningLimit: 800,
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
}));
