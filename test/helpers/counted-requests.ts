import type { EC2Client } from '@aws-sdk/client-ec2';

export interface RequestCounts {
  /** What was really sent, each attempt of a call, by command. */
  readonly sent: Readonly<Record<string, number>>;
  /** Answers that came, good and bad ones. */
  readonly answeredCount: number;
}

export function countedRequests({ middlewareStack }: EC2Client): RequestCounts {
  const sent: Record<string, number> = {};
  const counts = { sent, answeredCount: 0 };
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        sent[commandName] = (sent[commandName] ?? 0) + 1;
        try {
          return await next(args);
        } finally {
          counts.answeredCount += 1;
        }
      },
    // Inside the retry loop.
    { step: 'deserialize' },
  );
  return counts;
}
