namespace Wharf.Primitives.Sequences;

public static partial class Enumerable
{
    public static T[] ToArray<T>(this IEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source is not ICollection<T> collection)
            return new List<T>(source).ToArray();
        if (collection.Count == 0)
            return [];
        T[] array = new T[collection.Count];
        collection.CopyTo(array, 0);
        return array;
    }

    public static List<T> ToList<T>(this IEnumerable<T> source) => new(source);

    public static HashSet<T> ToHashSet<T>(this IEnumerable<T> source, IEqualityComparer<T>? comparer = null) => new(source, comparer);

    /// <exception cref="ArgumentException">A key comes twice.</exception>
    public static Dictionary<TKey, TValue> ToDictionary<T, TKey, TValue>(this IEnumerable<T> source, Func<T, TKey> key, Func<T, TValue> value, IEqualityComparer<TKey>? comparer = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        Dictionary<TKey, TValue> result = new(comparer);
        foreach (T item in source)
            result.Add(key(item), value(item));
        return result;
    }

    /// <exception cref="ArgumentException">A key comes twice.</exception>
    public static Dictionary<TKey, T> ToDictionary<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key, IEqualityComparer<TKey>? comparer = null) where TKey : notnull
        => source.ToDictionary(key, static item => item, comparer);

    /// <exception cref="ArgumentException">A key comes twice.</exception>
    public static Dictionary<TKey, TValue> ToDictionary<TKey, TValue>(this IEnumerable<KeyValuePair<TKey, TValue>> source, IEqualityComparer<TKey>? comparer = null) where TKey : notnull
        => source.ToDictionary(static pair => pair.Key, static pair => pair.Value, comparer);

    public static Lookup<TKey, TValue> ToLookup<T, TKey, TValue>(this IEnumerable<T> source, Func<T, TKey> key, Func<T, TValue> value) where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        Lookup<TKey, TValue> lookup = new();
        foreach (T item in source)
            lookup.Add(key(item), value(item));
        return lookup;
    }

    /// <summary>Groups in the order in which their keys first come; items keep their order.</summary>
    public static IEnumerable<Grouping<TKey, T>> GroupBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key, IEqualityComparer<TKey>? comparer = null) where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return Gathering(source, key, comparer);
        static IEnumerable<Grouping<TKey, T>> Gathering(IEnumerable<T> source, Func<T, TKey> key, IEqualityComparer<TKey>? comparer)
        {
            Lookup<TKey, T> lookup = new(comparer);
            foreach (T item in source)
                lookup.Add(key(item), item);
            foreach (Grouping<TKey, T> group in lookup)
                yield return group;
        }
    }

    public static IEnumerable<T> Distinct<T>(this IEnumerable<T> source, IEqualityComparer<T>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Once(source, comparer);
        static IEnumerable<T> Once(IEnumerable<T> source, IEqualityComparer<T>? comparer)
        {
            HashSet<T> seen = new(comparer);
            foreach (T item in source)
            {
                if (seen.Add(item))
                    yield return item;
            }
        }
    }

    public static IEnumerable<T> DistinctBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key, IEqualityComparer<TKey>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Once(source, key, comparer);
        static IEnumerable<T> Once(IEnumerable<T> source, Func<T, TKey> key, IEqualityComparer<TKey>? comparer)
        {
            HashSet<TKey> seen = new(comparer);
            foreach (T item in source)
            {
                if (seen.Add(key(item)))
                    yield return item;
            }
        }
    }

    public static IEnumerable<T> Union<T>(this IEnumerable<T> source, IEnumerable<T> other, IEqualityComparer<T>? comparer = null) => source.Concat(other).Distinct(comparer);

    /// <summary>The distinct items of <paramref name="source"/> that <paramref name="other"/> has not.</summary>
    public static IEnumerable<T> Except<T>(this IEnumerable<T> source, IEnumerable<T> other, IEqualityComparer<T>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(other);
        return Remaining(source, other, comparer);
        static IEnumerable<T> Remaining(IEnumerable<T> source, IEnumerable<T> other, IEqualityComparer<T>? comparer)
        {
            HashSet<T> seen = new(other, comparer);
            foreach (T item in source)
            {
                if (seen.Add(item))
                    yield return item;
            }
        }
    }

    /// <summary>The distinct items of <paramref name="source"/> that <paramref name="other"/> has too.</summary>
    public static IEnumerable<T> Intersect<T>(this IEnumerable<T> source, IEnumerable<T> other, IEqualityComparer<T>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(other);
        return Shared(source, other, comparer);
        static IEnumerable<T> Shared(IEnumerable<T> source, IEnumerable<T> other, IEqualityComparer<T>? comparer)
        {
            HashSet<T> left = new(other, comparer);
            foreach (T item in source)
            {
                if (left.Remove(item))
                    yield return item;
            }
        }
    }
}
