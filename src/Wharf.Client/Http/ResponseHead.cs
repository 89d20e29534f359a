using System.Globalization;
using System.Text;
using Wharf.Primitives;

namespace Wharf.Client.Http;

/// <summary>Status and headers of an answer.</summary>
public sealed class ResponseHead
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    private ResponseHead(int status) => Status = status;

    /// <summary>For a connection on which nothing has been answered yet.</summary>
    internal static readonly ResponseHead None = new(0);

    public int Status { get; }

    /// <summary>The first header of that name, case-insensitively, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach ((string key, string value) in _headers)
            {
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>True when the body carries stdout and stderr in frames, false for a terminal's plain bytes, null where an engine before API 1.42 does not tell.</summary>
    public bool? IsMultiplexed => this["Content-Type"] switch
    {
        "application/vnd.docker.multiplexed-stream" => true,
        "application/vnd.docker.raw-stream" => false,
        _ => null,
    };

    internal static ResponseHead Parse(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        string[] lines = text.Split("\r\n");
        string[] first = lines[0].Split(' ', 3);
        if (first.Length < 2 || !first[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(first[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            throw WharfException.DataLoss($"error during connect: malformed HTTP response \"{Printable(lines[0])}\"");
        }

        var head = new ResponseHead(status);
        for (int i = 1; i < lines.Length; i++)
        {
            int colon = lines[i].IndexOf(':');
            if (colon > 0)
            {
                head._headers.Add(new(lines[i][..colon], lines[i][(colon + 1)..].Trim()));
            }
        }

        return head;
    }

    private static string Printable(string line) =>
        string.Concat(line.Take(60).Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString()));
}
