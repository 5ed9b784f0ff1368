/** What requests may carry: each must reach HNS as it is. */
export const bodies = [
  '{"a":"plain"}',
  '{"q":"\\"quoted\\" \\\\ back"}',
  '{"u":"žluťoučký kůň 日本語 🎉 \u2028\u2029\u0085 \ufeff"}',
  '{"d":"$(throw 1) `n ; | & <> ^ %PATH% %09 %25 %0A"}',
  '{\n\t"pretty": [1,\r\n 2]\n}',
  '{"n":12345678901234567890,"date":"2024-01-01T00:00:00Z","ID":1,"Id":2,"one":[1]}',
  '-s',
  '--%',
  '@h',
  "'",
  `{"big":"${'¼🎉x%'.repeat(100_000)}"}`,
];
