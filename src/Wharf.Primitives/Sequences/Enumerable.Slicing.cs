namespace Wharf.Primitives.Sequences;

public static partial class Enumerable
{
    public static IEnumerable<T> Concat<T>(this IEnumerable<T> source, IEnumerable<T> other)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(other);
        return Joining(source, other);
        static IEnumerable<T> Joining(IEnumerable<T> source, IEnumerable<T> other)
        {
            foreach (T item in source)
                yield return item;
            foreach (T item in other)
                yield return item;
        }
    }

    public static IEnumerable<T> Append<T>(this IEnumerable<T> source, T value) => source.Concat([value]);

    public static IEnumerable<T> Prepend<T>(this IEnumerable<T> source, T value) => new[] { value }.Concat(source);

    public static IEnumerable<T> Skip<T>(this IEnumerable<T> source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Skipping(source, count);
        static IEnumerable<T> Skipping(IEnumerable<T> source, int count)
        {
            foreach (T item in source)
            {
                if (count-- <= 0)
                    yield return item;
            }
        }
    }

    public static IEnumerable<T> SkipWhile<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Skipping(source, predicate);
        static IEnumerable<T> Skipping(IEnumerable<T> source, Func<T, bool> predicate)
        {
            bool skipping = true;
            foreach (T item in source)
            {
                skipping = skipping && predicate(item);
                if (!skipping)
                    yield return item;
            }
        }
    }

    public static IEnumerable<T> Take<T>(this IEnumerable<T> source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Taking(source, count);
        static IEnumerable<T> Taking(IEnumerable<T> source, int count)
        {
            if (count <= 0)
                yield break;
            foreach (T item in source)
            {
                yield return item;
                // Ends before it asks for one more: the source may block on it.
                if (--count == 0)
                    yield break;
            }
        }
    }

    public static IEnumerable<T> TakeWhile<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Taking(source, predicate);
        static IEnumerable<T> Taking(IEnumerable<T> source, Func<T, bool> predicate)
        {
            foreach (T item in source)
            {
                if (!predicate(item))
                    yield break;
                yield return item;
            }
        }
    }

    public static IEnumerable<T> SkipLast<T>(this IEnumerable<T> source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Skipping(source, Math.Max(count, 0));
        static IEnumerable<T> Skipping(IEnumerable<T> source, int count)
        {
            Queue<T> held = new();
            foreach (T item in source)
            {
                held.Enqueue(item);
                if (held.Count > count)
                    yield return held.Dequeue();
            }
        }
    }

    public static IEnumerable<T> TakeLast<T>(this IEnumerable<T> source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Taking(source, count);
        static IEnumerable<T> Taking(IEnumerable<T> source, int count)
        {
            T[] all = source.ToArray();
            for (int i = Math.Max(0, all.Length - Math.Max(count, 0)); i < all.Length; i++)
                yield return all[i];
        }
    }

    public static IEnumerable<T> Reverse<T>(this IEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Reversing(source);
        static IEnumerable<T> Reversing(IEnumerable<T> source)
        {
            T[] all = source.ToArray();
            for (int i = all.Length - 1; i >= 0; i--)
                yield return all[i];
        }
    }

    /// <summary>Arrays of <paramref name="size"/> items each; the last may be shorter.</summary>
    public static IEnumerable<T[]> Chunk<T>(this IEnumerable<T> source, int size)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return Chunking(source, size);
        static IEnumerable<T[]> Chunking(IEnumerable<T> source, int size)
        {
            List<T> chunk = [];
            foreach (T item in source)
            {
                chunk.Add(item);
                if (chunk.Count < size)
                    continue;
                yield return chunk.ToArray();
                chunk.Clear();
            }
            if (chunk.Count > 0)
                yield return chunk.ToArray();
        }
    }
}
