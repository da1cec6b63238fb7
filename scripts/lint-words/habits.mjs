/**
 * The habits that the check refuses. `words`: a pattern in which a space is any white space, also a line break
 * inside a comment; capitals count only if the pattern has one. Names are split at capitals, `-` and `_` first, so
 * `isNone` and `is-none.ts` are found too. `example` and `plain` are what the test puts into files.
 */
export const HABITS = [
  // Negation by "none"
  habit('(?:is|are|was|were) none', 'is not a …, invalid, unknown, ignored, or: there is no …', {
    example: 'a command that is none',
    plain: 'unknown command, network: none, zero or none',
  }),
  habit('(?:that|which) (?:have|has) none', 'without …', {
    example: 'images that have none',
    plain: 'images without a lock',
  }),
  // "user nobody" and nobody:nogroup are a name of Debian's.
  habit(
    '(?!(?<=[\'"`])nobody[\'"`])(?<!user |[:/=])nobody(?!:\\w|: \\d|[/=])',
    'say who or what: No mirror has …',
    {
      example: 'nobody has it any more',
      plain: 'No mirror has it; user nobody, nobody:nogroup',
    },
  ),
  habit('no one', 'say who or what: No mirror has …', {
    example: 'no one has it',
    plain: 'no mirror has it',
  }),

  // Subjects that are hidden
  habit('(?<=(?:^|[.!?:\'"`/*|#-])\\s*)Who [^.?!]*[.!]', 'Callers that …, users who …', {
    example: 'Who starts it twice gets a second one.',
    plain: 'Users who start it twice get a second one. Who starts it?',
  }),
  habit('(?:for|of|to|by) who(?! \\w+ is)', 'for callers that …, for users who …', {
    example: 'a port for who starts it himself',
    plain: 'a port for users who start it',
  }),
  habit('whoever', 'users who …, callers that …', {
    example: 'whoever asks for it',
    plain: 'callers that ask for it',
  }),
  habit('(?:is|are|was|were|been|being|be) told', 'is reported, we report, gets, is passed', {
    example: 'a mistake is told with its place',
    plain: 'a mistake is reported with its place; curl was asked; tell the user',
  }),
  habit('(?:say|says) what to do', 'name the command, give a hint', {
    example: 'Say what to do.',
    plain: 'No command given.',
  }),

  // Humans for programs
  habit('by heart', 'in memory, cached', { example: 'it knows them by heart', plain: 'it caches them' }),
  habit('its word', 'reports, answers', { example: 'each gets its word', plain: 'each is reported' }),
  habit('no news', "don't report …, is not reported", {
    example: 'a short wait is no news',
    plain: 'short waits are not reported',
  }),
  habit('needs? no leave', 'not needed', { example: 'it needs no leave', plain: 'not needed for localhost' }),
  habit('stand(?:s|ing)? on(?! its)', 'is based on, or `from`', {
    example: 'an image that stands on another',
    plain: 'an image that is based on another',
  }),
  habit('stands? for nothing', 'unknown placeholder', {
    example: 'it stands for nothing here',
    plain: 'unknown placeholder',
  }),
  habit('lies? about', 'reports a wrong …', {
    example: 'it lies about its length',
    plain: 'it reports a wrong length',
  }),

  // Old or rare words
  habit('beside', 'next to, with', { example: 'beside the lock', plain: 'next to the lock, besides' }),
  habit('anew', 'again', { example: 'built anew', plain: 'built again' }),
  habit('amiss', 'wrong', { example: 'What is amiss', plain: 'What is wrong' }),
  habit('mend(?:s|ed|ing)?', 'fix', { example: 'Mend the lock', plain: 'Fix the lock, amend, recommend' }),
  habit('whence', 'from where', { example: 'whence it came', plain: 'from where it came' }),
  habit('hence', 'so, therefore', { example: 'hence the lock', plain: 'so there is a lock' }),
  habit('lest', 'so that … not', { example: 'lest it fail', plain: 'so that it does not fail, at least' }),
  habit('upon', 'on, when', { example: 'upon a failure', plain: 'on a failure' }),
  habit('likewise', 'also', { example: 'likewise here', plain: 'also here' }),
  habit('(?:wherein|thereof|therein|thereby|whereupon|forthwith)', 'in which, of it, by that, then', {
    example: 'the step wherein it fails',
    plain: 'the step in which it fails',
  }),
  habit('midst', 'during', { example: 'in the midst of it', plain: 'during it' }),
  habit('meanwhile', 'during …, or leave it out', {
    example: 'it grew meanwhile',
    plain: 'it grew during the read',
  }),
  habit('held against', 'compared with', {
    example: 'held against the lock',
    plain: 'compared with the lock',
  }),
  habit('(?:makes?|made|making) sure of', 'check, checked, ensure', {
    example: 'it was made sure of',
    plain: 'it was checked, it makes sure that',
  }),
  habit('thrown away', 'discarded', { example: 'it is thrown away', plain: 'it is discarded' }),
  habit('come(?:s)? again', 'is reused, retry', {
    example: 'process ids come again',
    plain: 'ids are reused',
  }),
  habit('as good as none', 'the same as a missing one', {
    example: 'it is as good as none',
    plain: 'it counts as missing',
  }),
  habit('put together again', 'assembled again, rebuilt', {
    example: 'it was put together again',
    plain: 'it was assembled again',
  }),

  // Names that no search would find
  habit('patien(?:ce|t)', 'timeout, time limit, IdleTimeout', {
    example: 'readPatience',
    plain: 'IdleTimeout',
  }),
  habit('seams?', 'test hooks', { example: 'readSeams', plain: 'readTestHooks, it seems' }),
  habit('asides?(?<=asides|an aside)', 'warnings', {
    example: 'tellingAsides',
    plain: 'withWarnings, set aside',
  }),
  habit('meanings', 'status codes, or what they are', {
    example: 'statusMeanings',
    plain: 'statusCodes, meaning',
  }),
  habit('pac(?:e|er|ed)', 'rate limit', {
    example: 'the pace of requests',
    plain: 'the rate limit of requests',
  }),
  habit('conversations?', 'request context', { example: 'RegistryConversation', plain: 'RegistryContext' }),
  habit('troubles?', 'error, problem, failure', {
    example: 'networkTrouble',
    plain: 'networkError, troubleshooting',
  }),
  habit('some at once', 'mapConcurrent', { example: 'someAtOnce', plain: 'mapConcurrent' }),
  habit('outliv(?:e|es|ed|ing)', 'ignore …, or: is kept after …', {
    example: 'outliveReaders',
    plain: 'ignoreBrokenPipe',
  }),
  habit('one of a kind', 'uniqueBy…', { example: 'oneOfAKind', plain: 'uniqueByCode' }),
];

function habit(words, write, { example, plain }) {
  return { words, write, example, plain };
}
