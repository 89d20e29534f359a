namespace Wharf.Archive.Tar;

/// <summary>Where data lies in a file with holes.</summary>
internal readonly record struct SparseSegment(long Offset, long Length)
{
    public long End => Offset + Length;
}

/// <summary>Checks and reads the sparse maps of GNU tar (manual, "Storing Sparse Files"), which come in four spellings.</summary>
internal static class SparseMap
{
    public const int SegmentLength = 24;

    /// <summary>Null when the map is sound: in order, no overlap, inside the file, and as long as the data in the archive.</summary>
    public static string? Problem(List<SparseSegment> map, long realSize, long stored)
    {
        long total = 0, end = 0;
        foreach (SparseSegment segment in map)
        {
            if (segment.Offset < end || segment.Length < 0 || segment.Offset > realSize || segment.Length > realSize - segment.Offset)
            {
                return "sparse map is not in order or leads beyond the file";
            }

            end = segment.End;
            total += segment.Length;
        }

        return total == stored ? null : "sparse map does not match the data";
    }

    /// <summary>Appends the 24-byte pairs of an old GNU header or its continuation; stops at the first empty one.</summary>
    public static bool TryAppendOld(List<SparseSegment> map, ReadOnlySpan<byte> pairs)
    {
        for (; pairs.Length >= SegmentLength && pairs[0] != 0; pairs = pairs[SegmentLength..])
        {
            if (!TarBlock.TryNumber(pairs[..12], out long offset) || !TarBlock.TryNumber(pairs.Slice(12, 12), out long length) || offset < 0 || length < 0)
            {
                return false;
            }

            map.Add(new SparseSegment(offset, length));
        }

        return true;
    }

    /// <summary>The numbers of a pax 0.0 or 0.1 map, two by two.</summary>
    public static bool TryFromNumbers(IReadOnlyList<long> numbers, List<SparseSegment> map)
    {
        for (int i = 0; i + 1 < numbers.Count; i += 2)
        {
            map.Add(new SparseSegment(numbers[i], numbers[i + 1]));
        }

        return numbers.Count % 2 == 0;
    }

    /// <summary>The comma separated map of pax 0.1.</summary>
    public static bool TryParseList(ReadOnlySpan<byte> text, int mostNumbers, List<long> numbers)
    {
        foreach (Range part in text.Split((byte)','))
        {
            if (numbers.Count == mostNumbers || !PaxRecords.TryNumber(text[part], out long number))
            {
                return false;
            }

            numbers.Add(number);
        }

        return true;
    }
}
