// Receives Dönüt's webhooks. .NET 6 or newer, or mono; no package.
//
//     dotnet new console -o Receiver && cp Receiver.cs Receiver/Program.cs
//     DONUT_WEBHOOK_SECRETS="whsec_…" dotnet run --project Receiver 8787
//
//     mcs -r:System.Runtime.Serialization.dll Receiver.cs
//     DONUT_WEBHOOK_SECRETS="whsec_…" mono Receiver.exe 8787
//
// It listens on this machine alone: put your web server with its certificate in front. While you
// rotate, two secrets stand in the variable, parted by a space. The journal (DONUT_JOURNAL) holds
// one line an event; in your system it is a table whose primary key is the webhook-id.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

[DataContract]
public class Event
{
    [DataMember(Name = "type", IsRequired = true)] public string Type = "";
    [DataMember(Name = "data", IsRequired = true)] public EventData Data = new EventData();
}

[DataContract]
public class EventData
{
    [DataMember(Name = "href")] public string Href = "";
    [DataMember(Name = "revision")] public long Revision;
    [DataMember(Name = "challenge")] public string Challenge = "";
}

/// What came: the ids that repeats are known by, and the newest revision of each resource.
public class Journal
{
    readonly HashSet<string> seen = new HashSet<string>();
    readonly Dictionary<string, long> newest = new Dictionary<string, long>();
    readonly FileStream file;

    public Journal(string path)
    {
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var lines = new StreamReader(file, Encoding.UTF8);
        for (var line = lines.ReadLine(); line != null; line = lines.ReadLine())
        {
            var fields = line.Split('\t');
            if (fields.Length == 5) Remember(fields[0], fields[2] + fields[4], long.Parse(fields[3]));
        }
    }

    /// Keep an event; return new, older or repeat. It is on the disk when this returns.
    public string Take(string id, Event received)
    {
        var href = received.Data.Href ?? "";
        var revision = received.Data.Revision;
        lock (seen)
        {
            if (seen.Contains(id)) return "repeat";
            long known;
            newest.TryGetValue(received.Type + href, out known);
            var outcome = revision < known ? "older" : "new";
            var line = string.Join("\t", id, outcome, received.Type, revision, href) + "\n";
            var bytes = Encoding.UTF8.GetBytes(line);
            file.Seek(0, SeekOrigin.End);
            file.Write(bytes, 0, bytes.Length);
            file.Flush(true);
            Remember(id, received.Type + href, revision);
            return outcome;
        }
    }

    void Remember(string id, string resource, long revision)
    {
        long known;
        newest.TryGetValue(resource, out known);
        newest[resource] = Math.Max(known, revision);
        seen.Add(id);
    }
}

public static class Receiver
{
    const int ToleranceS = 300;
    const int LargestBody = 20000;
    const int ShortestSecret = 24;
    static byte[][] secrets = new byte[0][];
    static Journal journal;

    public static void Main(string[] arguments)
    {
        var written = Environment.GetEnvironmentVariable("DONUT_WEBHOOK_SECRETS") ?? "";
        secrets = written.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries)
            .Select(secret => Convert.FromBase64String(secret.Replace("whsec_", ""))).ToArray();
        if (secrets.Length == 0 || secrets.Min(secret => secret.Length) < ShortestSecret)
            throw new ArgumentException("DONUT_WEBHOOK_SECRETS: whsec_… as Dönüt showed it");
        journal = new Journal(
            Environment.GetEnvironmentVariable("DONUT_JOURNAL") ?? "donut-events.tsv");
        var listener = new HttpListener();
        var address = "http://127.0.0.1:" + arguments[0] + "/";
        listener.Prefixes.Add(address);
        listener.Start();
        Console.WriteLine("receiving at " + address);
        while (true)
        {
            var context = listener.GetContext();
            ThreadPool.QueueUserWorkItem(_ => Serve(context));
        }
    }

    static void Serve(HttpListenerContext context)
    {
        try
        {
            byte[] content;
            context.Response.StatusCode = Receive(context.Request, out content);
            if (content.Length > 0) context.Response.ContentType = "application/json";
            context.Response.Close(content, true);
        }
        catch (Exception fault)
        {
            // The disk is full, or the caller went away. Not 2xx, so Dönüt comes again.
            Console.Error.WriteLine(fault.Message);
            context.Response.StatusCode = 500;
            context.Response.Close();
        }
    }

    /// Verify, keep, answer: the status, and the body of the answer.
    static int Receive(HttpListenerRequest request, out byte[] content)
    {
        content = new byte[0];
        if (request.HttpMethod != "POST") return 405;
        // The bytes as they came: parsed and written anew they would be others.
        var body = ReadBody(request.InputStream);
        if (body == null) return 413;
        var id = request.Headers["webhook-id"] ?? "";
        var signatures = request.Headers["webhook-signature"] ?? "";
        if (!IsGenuine(id, request.Headers["webhook-timestamp"] ?? "", signatures, body)) return 401;
        Event received;
        try
        {
            var reader = new DataContractJsonSerializer(typeof(Event));
            received = (Event)reader.ReadObject(new MemoryStream(body));
        }
        catch (Exception)
        {
            // The runtimes differ in what they throw at JSON of another shape.
            return 400;
        }
        if (received == null || received.Data == null) return 400;
        if (received.Type == "endpoint.verification")
        {
            content = Encoding.UTF8.GetBytes("{\"challenge\": \"" + received.Data.Challenge + "\"}");
            return 200;
        }
        var outcome = journal.Take(id, received);
        if (outcome == "new" && !string.IsNullOrEmpty(received.Data.Href))
        {
            // A worker of yours now does, with the ETag it kept from the last time:
            // GET <href>, Authorization: Bearer apk_…, If-None-Match: "rr-…"
            Console.WriteLine("changed: " + received.Data.Href);
        }
        return 204;
    }

    static byte[] ReadBody(Stream stream)
    {
        var body = new MemoryStream();
        var part = new byte[4096];
        for (var read = stream.Read(part, 0, part.Length); read > 0;
             read = stream.Read(part, 0, part.Length))
        {
            body.Write(part, 0, read);
            if (body.Length > LargestBody) return null;
        }
        return body.ToArray();
    }

    /// Say whether Dönüt signed these very bytes within the last five minutes.
    static bool IsGenuine(string id, string timestamp, string signatures, byte[] body)
    {
        if (!Regex.IsMatch(id, @"\A[A-Za-z0-9_-]{1,64}\z")) return false;
        if (!Regex.IsMatch(timestamp, @"\A[0-9]{1,12}\z")) return false;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (Math.Abs(now - long.Parse(timestamp)) > ToleranceS) return false;
        var signed = Encoding.ASCII.GetBytes(id + "." + timestamp + ".").Concat(body).ToArray();
        var found = false;
        foreach (var secret in secrets)
        {
            using (var mac = new HMACSHA256(secret))
            {
                var ours = "v1," + Convert.ToBase64String(mac.ComputeHash(signed));
                foreach (var theirs in signatures.Split(' ')) found |= AreEqual(ours, theirs);
            }
        }
        return found;
    }

    /// In constant time: how far a guess is right can't be measured.
    static bool AreEqual(string ours, string theirs)
    {
        if (ours.Length != theirs.Length) return false;
        var difference = 0;
        for (var place = 0; place < ours.Length; place++) difference |= ours[place] ^ theirs[place];
        return difference == 0;
    }
}
