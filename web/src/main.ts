import "@fontsource/roboto/latin-400.css";
import "@fontsource/roboto/latin-500.css";
import "./styles/global.css";
import { Atelier } from "./api/atelier";
import { Client } from "./api/client";
import { TokenKeeper } from "./api/tokens";
import { App } from "./app";
import { Language } from "./i18n/locale";
import { Account } from "./state/account";
import { Letter } from "./state/letter";
import { Place } from "./state/place";

const language = new Language(localStorage, navigator.languages);
const tokens = new TokenKeeper(sessionStorage);
const client = new Client(tokens, () => language.current);
const api = new Atelier(client);
const account = new Account(api, client, tokens);

const app = new App();
Object.assign(app, { api, client, account, language, letter: new Letter(window), place: new Place(window) });
document.body.append(app);
void account.restore();
