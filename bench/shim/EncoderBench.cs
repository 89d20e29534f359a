using System.Diagnostics;
using System.Text;
using Wharf.Runtime.Logging;

namespace Wharf.Shim.Bench;

/// <summary>The json-file encoder in memory, by kind of line; MB/s of input on one core, the best of several rounds.</summary>
internal static class EncoderBench
{
    public static void Run()
    {
        Measure("1000 B lines", new string('a', 999) + "\n");
        Measure("100 B lines", new string('a', 99) + "\n");
        Measure("20 B lines", new string('a', 19) + "\n");
        Measure("2 B lines", "a\n");
        Measure("quotes", "{\"level\":\"info\",\"msg\":\"request\",\"path\":\"/index.html\",\"status\":200}\n");
        Measure("utf-8", "Grüße aus 東京, здравствуй мир, καλημέρα κόσμε, and some ascii behind it\n");
        Measure("invalid utf-8", "\u00ffraw", invalid: true);
    }

    private static void Measure(string name, string line, bool invalid = false)
    {
        byte[] one = invalid ? [.. "binary "u8, 0xff, 0xfe, .. "more text that is fine"u8, (byte)'\n'] : Encoding.UTF8.GetBytes(line);
        byte[] input = new byte[128 * 1024 / one.Length * one.Length];
        for (int i = 0; i < input.Length; i += one.Length)
        {
            one.CopyTo(input, i);
        }

        using var log = new LogFile("/dev/null", new JsonFileEncoder(null), new LogRotation(0, 1, false));
        double best = 0;
        for (int round = 0; round < 8; round++)
        {
            long bytes = 0;
            var watch = Stopwatch.StartNew();
            while (watch.ElapsedMilliseconds < 150)
            {
                log.Write(LogStream.Stdout, input, DateTime.UtcNow);
                bytes += input.Length;
            }

            best = Math.Max(best, bytes / watch.Elapsed.TotalSeconds / 1e6);
        }

        Console.WriteLine($"{name,-14} {best,8:F0} MB/s");
    }
}
