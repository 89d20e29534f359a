using System.Buffers.Text;
using System.Text;

namespace Wharf.Archive.Tar;

/// <summary>
/// The records of pax extension headers, <c>LENGTH KEY=VALUE\n</c> (POSIX pax(1), "pax Extended Header"). Keys are text, values bytes.
/// A later record replaces an earlier one; an empty value takes the key away.
/// </summary>
internal sealed class PaxRecords
{
    public const string AttributePrefix = "SCHILY.xattr.";
    public const string LibarchivePrefix = "LIBARCHIVE.xattr.";

    private readonly OrderedDictionary<string, byte[]> _records = [];

    // GNU sparse 0.0 repeats its keys, so these cannot live among the others.
    public List<long> SparseNumbers { get; } = [];

    public int Bytes { get; private set; }

    /// <summary>In the order of first appearance, which is the order extended attributes are set in.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> All => _records;

    public bool TryGet(string key, out byte[] value)
    {
        value = _records.TryGetValue(key, out byte[]? found) ? found : [];
        return value.Length > 0;
    }

    public void Clear()
    {
        _records.Clear();
        SparseNumbers.Clear();
        Bytes = 0;
    }

    /// <summary>Lays other records over these (a global header over the former ones).</summary>
    public void Merge(PaxRecords newer)
    {
        foreach (var (key, value) in newer._records)
        {
            _records[key] = value;
        }

        Bytes = _records.Sum(r => r.Key.Length + r.Value.Length);
    }

    /// <summary>Takes in a header's content.</summary>
    /// <exception cref="Primitives.WharfException">InvalidArgument: a malformed record.</exception>
    public void Parse(ReadOnlySpan<byte> content, long offset)
    {
        Bytes += content.Length;
        while (content.Length > 0)
        {
            // some writers pad with NULs to the block
            if (content[0] == 0 && !content.ContainsAnyExcept((byte)0))
            {
                return;
            }

            int space = content[..Math.Min(content.Length, 12)].IndexOf((byte)' ');
            if (space <= 0 || !Utf8Parser.TryParse(content[..space], out int length, out int used) || used != space
                || length <= space + 2 || length > content.Length || content[length - 1] != '\n')
            {
                throw TarErrors.Header(offset, "malformed pax record");
            }

            Add(content[(space + 1)..(length - 1)], offset);
            content = content[length..];
        }
    }

    private void Add(ReadOnlySpan<byte> record, long offset)
    {
        int equals = record.IndexOf((byte)'=');
        if (equals <= 0)
        {
            throw TarErrors.Header(offset, "malformed pax record");
        }

        string key = Encoding.UTF8.GetString(record[..equals]);
        byte[] value = record[(equals + 1)..].ToArray();
        if (key is "GNU.sparse.offset" or "GNU.sparse.numbytes")
        {
            if (!TryNumber(value, out long number) || (SparseNumbers.Count % 2 == 0) != (key == "GNU.sparse.offset"))
            {
                throw TarErrors.Header(offset, "malformed sparse map");
            }

            SparseNumbers.Add(number);
            return;
        }

        if (key is "path" or "linkpath" or "uname" or "gname" or "GNU.sparse.name" && value.Contains((byte)0))
        {
            throw TarErrors.Header(offset, $"NUL byte in pax record {key}");
        }

        _records[key] = value;
    }

    public static bool TryNumber(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && number >= 0;

    /// <summary>Seconds with an optional sign and fraction, as pax writes times.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out TarTime time)
    {
        time = default;
        int dot = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = dot < 0 ? text : text[..dot];
        if (!Utf8Parser.TryParse(whole, out long seconds, out int used) || used != whole.Length)
        {
            return false;
        }

        uint nanoseconds = 0;
        if (dot >= 0)
        {
            ReadOnlySpan<byte> fraction = text[(dot + 1)..];
            if (fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return false;
            }

            for (int i = 0; i < 9; i++)
            {
                nanoseconds = (nanoseconds * 10) + (i < fraction.Length ? (uint)(fraction[i] - '0') : 0);
            }
        }

        bool negative = text[0] == '-';
        time = negative && nanoseconds > 0 ? new TarTime(seconds - 1, 1_000_000_000 - nanoseconds) : new TarTime(seconds, nanoseconds);
        return true;
    }
}
