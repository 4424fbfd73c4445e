// A client of Laurel's own API. Written by scripts/clients from /openapi.json; do not edit.
// It needs fetch: a browser, Node 18 or later, Deno, Bun.

/** What a Laurel server says when it cannot do something (RFC 9457). */
export class LaurelProblem extends Error {
  constructor(readonly status: number, readonly problem: Partial<Problem>) {
    super(problem.detail || problem.title || "the server answered " + status);
    this.name = "LaurelProblem";
  }
}

/** An answer with the version it has, which a change sends back as ifMatch. */
export interface Answer<T> { data: T; etag: string }

type Query = Record<string, string | undefined>;

export interface AchievementOut {
  code?: string;
  id: string;
  key: string;
  name: string;
  type: string;
  version: string;
}

export interface AchievementOutList {
  items: AchievementOut[];
  next?: string;
}

export interface AchievementRef {
  code?: string;
  id: string;
  name: string;
  type: string;
}

export interface AchievementWhole {
  achievement: AchievementOut;
  body: Record<string, unknown>;
}

export interface AskIn {
  achievement?: string;
  bound?: boolean;
  kind: string;
  name: string;
  purpose: string;
}

export interface AskOut {
  expires: string;
  page: string;
  result: string;
  wallet: string;
}

export interface AwardChange {
  awardedOn?: string;
  credits?: string;
  expiresOn?: string;
  narrative?: string;
  term?: string;
}

export interface AwardOptional {
  achievement?: string;
  awardedOn?: string;
  credits?: string;
  email?: string;
  evidenceUrl?: string;
  expiresOn?: string;
  grade?: string;
  key?: string;
  name?: string;
  narrative?: string;
  person?: string;
  term?: string;
}

export interface AwardOut {
  achievement: AchievementRef;
  awardedOn?: string;
  credential?: string;
  credits?: string;
  expiresOn?: string;
  id: string;
  narrative?: string;
  person: PersonRef;
  reason?: string;
  result?: string;
  revision: number;
  state: string;
  term?: string;
  updatedAt: string;
}

export interface AwardOutList {
  items: AwardOut[];
  next?: string;
}

export interface AwardsIn {
  achievement?: string;
  awardedOn?: string;
  awards?: AwardOptional[];
  credits?: string;
  dryRun?: boolean;
  email?: string;
  evidenceUrl?: string;
  expiresOn?: string;
  grade?: string;
  issue?: boolean;
  key?: string;
  name?: string;
  narrative?: string;
  person?: string;
  term?: string;
}

export interface AwardsOut {
  approved: number;
  drafts: number;
  dryRun: boolean;
  issuing?: string;
  rejected: number;
  rows: RowOut[];
  withheld?: string;
}

export interface Counts {
  catalogue: number;
  changed: number;
  learners: number;
  new: number;
  ready: number;
  rejected: number;
  repeated: number;
  rows: number;
  unchanged: number;
  vanished: number;
}

export interface FindingOut {
  code: string;
  fix?: string;
  message: string;
  place: string;
  severity: string;
}

export interface ImportOut {
  awards?: string[];
  batch?: string;
  counts: Counts;
  findings: FindingOut[];
  format?: string;
}

export interface KeyOut {
  actsFor: string;
  institution: string;
  name: string;
  prefix: string;
  scopes: string[];
}

export interface PersonOut {
  email?: string;
  id: string;
  key: string;
  name: string;
  record?: string;
}

export interface PersonOutList {
  items: PersonOut[];
  next?: string;
}

export interface PersonRef {
  id: string;
  name: string;
}

export interface Problem {
  code: string;
  detail: string;
  instance?: string;
  pointer?: string;
  status: number;
  title: string;
  type: string;
}

export interface ReasonIn {
  reason: string;
}

export interface RowOut {
  award?: string;
  message?: string;
  person?: string;
  pointer?: string;
  row: number;
  state: string;
  status?: string;
}

export interface ShareIn {
  allowDownload?: boolean;
  audience?: string;
  expiresAt?: string;
  items?: string[];
  label?: string;
  note?: string;
  passcode?: string;
  whole?: boolean;
}

export interface ShareOut {
  audience?: string;
  expiresAt?: string;
  id: string;
  items?: string[];
  label?: string;
  openings: number;
  state: string;
  url?: string;
}

export interface ShareOutList {
  items: ShareOut[];
  next?: string;
}

export interface StatementOut {
  award?: string;
  happenedAt: string;
  id: string;
  kind: string;
  object: string;
  sha256: string;
  verb: string;
}

export interface StatementOutList {
  items: StatementOut[];
  next?: string;
}

export interface StatementsOut {
  kept: number;
  rejected: number;
  rows: ToldOut[];
}

export interface ToldOut {
  id: string;
  message?: string;
  person?: string;
  state: string;
}

export interface VerifyIn {
  inputs?: unknown[];
}

export interface WalletError {
  error: string;
  error_description?: string;
}

/** The API of one server, with one API key. */
export class Laurel {
  constructor(readonly base: string, private readonly key = "", private readonly http: typeof fetch = (i, o) => fetch(i, o)) {
    this.base = base.replace(/\/+$/, "");
  }

  private async send(method: string, path: string, query: Query, headers: Record<string, string | undefined>, body?: BodyInit): Promise<Response> {
    const q = new URLSearchParams();
    for (const [k, v] of Object.entries(query)) if (v !== undefined) q.set(k, v);
    const h = new Headers();
    for (const [k, v] of Object.entries(headers)) if (v !== undefined) h.set(k, v);
    if (this.key) h.set("Authorization", "Bearer " + this.key);
    const text = q.toString();
    const answer = await this.http(this.base + path + (text ? "?" + text : ""), { method, headers: h, body });
    if (answer.ok) return answer;
    let problem: Partial<Problem> = {};
    try { problem = await answer.json(); } catch { /* not a problem document */ }
    throw new LaurelProblem(answer.status, problem);
  }

  /** Every item of a list, page after page: for await (const a of laurel.every(q => laurel.listAwards(q), { state: "issued" })). */
  async *every<T>(read: (query: Query) => Promise<{ items: T[]; next?: string }>, query: Query = {}): AsyncGenerator<T> {
    for (;;) {
      const page = await read(query);
      yield* page.items;
      if (!page.next) return;
      query = Object.fromEntries(new URL(page.next).searchParams);
    }
  }

  /** The current catalogue by type and name. */
  async listAchievements(query: { search?: string; limit?: string; after?: string } = {}): Promise<AchievementOutList> {
    const answer = await this.send("GET", `/api/achievements`, query, {});
    return (await answer.json()) as AchievementOutList;
  }

  /** One achievement with its whole description, by its key. */
  async readAchievement(id: string): Promise<Answer<AchievementWhole>> {
    const answer = await this.send("GET", `/api/achievements/${encodeURIComponent(id)}`, {}, {});
    return { data: (await answer.json()) as AchievementWhole, etag: answer.headers.get("ETag") ?? "" };
  }

  /** Awards in the order in which they were entered. */
  async listAwards(query: { state?: string; person?: string; search?: string; limit?: string; after?: string } = {}): Promise<AwardOutList> {
    const answer = await this.send("GET", `/api/awards`, query, {});
    return (await answer.json()) as AwardOutList;
  }

  /** Makes drafts of one award or many, and says per row what happened. With issue they are approved and signed, where the institution's policy lets the key's maker approve. */
  async makeAwards(body: AwardsIn, query: { dryRun?: string } = {}, idempotencyKey?: string): Promise<AwardsOut> {
    const answer = await this.send("POST", `/api/awards`, query, { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey }, JSON.stringify(body));
    return (await answer.json()) as AwardsOut;
  }

  /** One award. */
  async readAward(id: string): Promise<Answer<AwardOut>> {
    const answer = await this.send("GET", `/api/awards/${encodeURIComponent(id)}`, {}, {});
    return { data: (await answer.json()) as AwardOut, etag: answer.headers.get("ETag") ?? "" };
  }

  /** Edits a draft: the members that are sent are written. */
  async changeAward(id: string, body: AwardChange, ifMatch: string): Promise<AwardOut> {
    const answer = await this.send("PATCH", `/api/awards/${encodeURIComponent(id)}`, {}, { "Content-Type": "application/json", "If-Match": ifMatch }, JSON.stringify(body));
    return (await answer.json()) as AwardOut;
  }

  /** Withdraws an issued award for good; the learner reads the reason. */
  async revokeAward(id: string, body: ReasonIn, idempotencyKey?: string): Promise<AwardOut> {
    const answer = await this.send("POST", `/api/awards/${encodeURIComponent(id)}/revoke`, {}, { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey }, JSON.stringify(body));
    return (await answer.json()) as AwardOut;
  }

  /** Compares claims with what a target asks; the request carries everything, and nothing of it is kept. */
  async gap(body: Record<string, unknown>, idempotencyKey?: string): Promise<Record<string, unknown>> {
    const answer = await this.send("POST", `/api/gap`, {}, { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey }, JSON.stringify(body));
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Reads a file as the desk's import does and keeps it until it is committed. The body is the file. */
  async stageImport(body: BodyInit, query: { name?: string; format?: string; source?: string; dryRun?: string } = {}, idempotencyKey?: string): Promise<ImportOut> {
    const answer = await this.send("POST", `/api/imports`, query, { "Content-Type": "text/csv", "Idempotency-Key": idempotencyKey }, body);
    return (await answer.json()) as ImportOut;
  }

  /** Makes drafts of a staged import's good rows. */
  async commitImport(batch: string, idempotencyKey?: string): Promise<ImportOut> {
    const answer = await this.send("POST", `/api/imports/${encodeURIComponent(batch)}/commit`, {}, { "Idempotency-Key": idempotencyKey });
    return (await answer.json()) as ImportOut;
  }

  /** Whose key this is and what it may do. */
  async aboutKey(): Promise<KeyOut> {
    const answer = await this.send("GET", `/api/me`, {}, {});
    return (await answer.json()) as KeyOut;
  }

  /** The people of the register by name. */
  async listPeople(query: { search?: string; limit?: string; after?: string } = {}): Promise<PersonOutList> {
    const answer = await this.send("GET", `/api/people`, query, {});
    return (await answer.json()) as PersonOutList;
  }

  /** One person. */
  async readPerson(id: string): Promise<Answer<PersonOut>> {
    const answer = await this.send("GET", `/api/people/${encodeURIComponent(id)}`, {}, {});
    return { data: (await answer.json()) as PersonOut, etag: answer.headers.get("ETag") ?? "" };
  }

  /** A person's signed record, byte for byte. A learner's key reads its own as me. */
  async readRecord(id: string): Promise<Uint8Array> {
    const answer = await this.send("GET", `/api/people/${encodeURIComponent(id)}/record`, {}, {});
    return new Uint8Array(await answer.arrayBuffer());
  }

  /** What learning systems said that a person did. */
  async listStatements(id: string, query: { limit?: string; after?: string } = {}): Promise<Answer<StatementOutList>> {
    const answer = await this.send("GET", `/api/people/${encodeURIComponent(id)}/statements`, query, {});
    return { data: (await answer.json()) as StatementOutList, etag: answer.headers.get("ETag") ?? "" };
  }

  /** Asks a wallet to show something (OpenID4VP): wallet is what it opens, page is for people, result is where the answer will be. Needs no key. */
  async askWallet(body: AskIn): Promise<AskOut> {
    const answer = await this.send("POST", `/api/presentation-requests`, {}, { "Content-Type": "application/json" }, JSON.stringify(body));
    return (await answer.json()) as AskOut;
  }

  /** Deletes a request and what was shown. */
  async endAsk(secret: string): Promise<void> {
    await this.send("DELETE", `/api/presentation-requests/${encodeURIComponent(secret)}`, {}, {});
  }

  /** What came of a request: asked, answered with reports, declined or ended. */
  async readAsk(secret: string): Promise<Answer<Record<string, unknown>>> {
    const answer = await this.send("GET", `/api/presentation-requests/${encodeURIComponent(secret)}`, {}, {});
    return { data: (await answer.json()) as Record<string, unknown>, etag: answer.headers.get("ETag") ?? "" };
  }

  /** A learner's own shares. For keys of learners. */
  async listShares(): Promise<ShareOutList> {
    const answer = await this.send("GET", `/api/shares`, {}, {});
    return (await answer.json()) as ShareOutList;
  }

  /** Shares a learner's own record, or items of it, behind a link that is told once. */
  async makeShare(body: ShareIn, idempotencyKey?: string): Promise<ShareOut> {
    const answer = await this.send("POST", `/api/shares`, {}, { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey }, JSON.stringify(body));
    return (await answer.json()) as ShareOut;
  }

  /** Ends a share; its bytes are deleted. */
  async endShare(id: string): Promise<void> {
    await this.send("DELETE", `/api/shares/${encodeURIComponent(id)}`, {}, {});
  }

  /** Keeps xAPI statements or Caliper events as evidence: one, a list, or a Caliper envelope. With award they become evidence of a draft. The same id twice is one statement. */
  async keepStatements(body: Record<string, unknown>, query: { award?: string } = {}, idempotencyKey?: string): Promise<StatementsOut> {
    const answer = await this.send("POST", `/api/statements`, query, { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey }, JSON.stringify(body));
    return (await answer.json()) as StatementsOut;
  }

  /** Judges a credential, a presentation, a badge picture or a PDF: the body as it is, or {"inputs": [ … ]}. Needs no key. Nothing is kept. */
  async verify(body: VerifyIn, query: { on?: string } = {}): Promise<Record<string, unknown>> {
    const answer = await this.send("POST", `/api/verify`, query, { "Content-Type": "application/json" }, JSON.stringify(body));
    return (await answer.json()) as Record<string, unknown>;
  }
}
