<?php
// Receives Dönüt's webhooks. PHP 8.1 or newer, no extension beyond the standard ones.
//
//     DONUT_WEBHOOK_SECRETS="whsec_…" php -S 127.0.0.1:8787 receiver.php
//
// In service your web server calls this file, over https. While you rotate, two secrets stand in
// the variable, parted by a space. The journal (DONUT_JOURNAL) holds one line an event; in your
// system it is a table whose primary key is the webhook-id.

declare(strict_types=1);

const TOLERANCE_S = 300;
const LARGEST_BODY = 20_000;
const SHORTEST_SECRET = 24;

/** Say whether Dönüt signed these very bytes within the last five minutes. */
function is_genuine(string $id, string $timestamp, string $signatures, string $body): bool
{
    if (!preg_match('/\A[A-Za-z0-9_-]{1,64}\z/', $id)) {
        return false;
    }
    if (!preg_match('/\A[0-9]{1,12}\z/', $timestamp)) {
        return false;
    }
    if (abs(time() - (int) $timestamp) > TOLERANCE_S) {
        return false;
    }
    $found = false;
    foreach (array_filter(explode(' ', (string) getenv('DONUT_WEBHOOK_SECRETS'))) as $secret) {
        $key = (string) base64_decode(substr($secret, strlen('whsec_')), true);
        if (strlen($key) < SHORTEST_SECRET) {
            throw new RuntimeException('DONUT_WEBHOOK_SECRETS: whsec_… as Dönüt showed it');
        }
        $digest = hash_hmac('sha256', "$id.$timestamp.$body", $key, true);
        foreach (explode(' ', $signatures) as $theirs) {
            // In constant time: how far a guess is right can't be measured.
            $found = hash_equals('v1,' . base64_encode($digest), $theirs) || $found;
        }
    }
    return $found;
}

/** Keep an event; return `new`, `older` or `repeat`. It is on the disk when this returns. */
function take(string $id, string $type, array $data): string
{
    $href = (string) ($data['href'] ?? '');
    $revision = (int) ($data['revision'] ?? 0);
    $path = getenv('DONUT_JOURNAL') ?: sys_get_temp_dir() . '/donut-events.tsv';
    $journal = fopen($path, 'a+') ?: throw new RuntimeException("can't open $path");
    flock($journal, LOCK_EX);
    $newest = 0;
    while (($line = fgets($journal)) !== false) {
        $fields = explode("\t", rtrim($line, "\n"));
        if ($fields[0] === $id) {
            return 'repeat';
        }
        if (count($fields) === 5 && $fields[2] === $type && $fields[4] === $href) {
            $newest = max($newest, (int) $fields[3]);
        }
    }
    $outcome = $revision < $newest ? 'older' : 'new';
    $line = implode("\t", [$id, $outcome, $type, $revision, $href]) . "\n";
    if (fwrite($journal, $line) !== strlen($line) || !fsync($journal)) {
        throw new RuntimeException("can't write to $path");
    }
    // The end of the request closes the file, and so gives the lock back.
    return $outcome;
}

/** Verify, keep, answer: the status, and the body of the answer. */
function receive(string $id, string $timestamp, string $signatures, string $body): array
{
    if (strlen($body) > LARGEST_BODY) {
        return [413, null];
    }
    if (!is_genuine($id, $timestamp, $signatures, $body)) {
        return [401, null];
    }
    $event = json_decode($body, true);
    $type = $event['type'] ?? null;
    $data = $event['data'] ?? null;
    if (!is_string($type) || !is_array($data) || !is_int($data['revision'] ?? 0)) {
        return [400, null];
    }
    if ($type === 'endpoint.verification') {
        return [200, ['challenge' => $data['challenge'] ?? '']];
    }
    $outcome = take($id, $type, $data);
    if ($outcome === 'new' && isset($data['href'])) {
        // A worker of yours now does, with the ETag it kept from the last time:
        // GET <href>, Authorization: Bearer apk_…, If-None-Match: "rr-…"
        error_log("changed: {$data['href']}");
    }
    return [204, null];
}

// Stands unless all went well, so that Dönüt comes again after a fault of ours.
http_response_code(500);
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    http_response_code(405);
    exit;
}
// The bytes as they came: parsed and written anew they would be others.
$body = (string) file_get_contents('php://input', length: LARGEST_BODY + 1);
[$status, $document] = receive(
    $_SERVER['HTTP_WEBHOOK_ID'] ?? '',
    $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '',
    $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '',
    $body,
);
http_response_code($status);
if ($document !== null) {
    header('Content-Type: application/json');
    echo json_encode($document);
}
