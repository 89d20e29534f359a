using System.Numerics;

namespace Wharf.Primitives.Sequences;

public static partial class Enumerable
{
    public static int Count<T>(this IEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source is ICollection<T> collection)
            return collection.Count;
        int count = 0;
        foreach (T _ in source)
            count = checked(count + 1);
        return count;
    }

    public static int Count<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(source);
        int count = 0;
        foreach (T item in source)
        {
            if (predicate(item))
                count = checked(count + 1);
        }
        return count;
    }

    public static TResult Aggregate<T, TResult>(this IEnumerable<T> source, TResult seed, Func<TResult, T, TResult> step)
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (T item in source)
            seed = step(seed, item);
        return seed;
    }

    /// <exception cref="InvalidOperationException">There is no item.</exception>
    public static T Aggregate<T>(this IEnumerable<T> source, Func<T, T, T> step)
    {
        ArgumentNullException.ThrowIfNull(source);
        using IEnumerator<T> items = source.GetEnumerator();
        if (!items.MoveNext())
            throw Nothing();
        T result = items.Current;
        while (items.MoveNext())
            result = step(result, items.Current);
        return result;
    }

    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static T Sum<T>(this IEnumerable<T> source) where T : struct, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(source);
        T sum = T.Zero;
        foreach (T item in source)
            sum = checked(sum + item);
        return sum;
    }

    public static int Sum<T>(this IEnumerable<T> source, Func<T, int> selector) => source.Select(selector).Sum();

    public static long Sum<T>(this IEnumerable<T> source, Func<T, long> selector) => source.Select(selector).Sum();

    public static double Sum<T>(this IEnumerable<T> source, Func<T, double> selector) => source.Select(selector).Sum();

    /// <exception cref="InvalidOperationException">There is no item.</exception>
    public static T Max<T>(this IEnumerable<T> source) => Extreme(source, 1);

    /// <exception cref="InvalidOperationException">There is no item.</exception>
    public static T Min<T>(this IEnumerable<T> source) => Extreme(source, -1);

    public static TResult Max<T, TResult>(this IEnumerable<T> source, Func<T, TResult> selector) => Extreme(source.Select(selector), 1);

    public static TResult Min<T, TResult>(this IEnumerable<T> source, Func<T, TResult> selector) => Extreme(source.Select(selector), -1);

    /// <summary>The first item of the greatest key; the default of nothing.</summary>
    public static T? MaxBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key) => ExtremeBy(source, key, 1);

    /// <summary>The first item of the least key; the default of nothing.</summary>
    public static T? MinBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key) => ExtremeBy(source, key, -1);

    private static T Extreme<T>(IEnumerable<T> source, int sign)
    {
        ArgumentNullException.ThrowIfNull(source);
        using IEnumerator<T> items = source.GetEnumerator();
        if (!items.MoveNext())
            throw Nothing();
        T best = items.Current;
        while (items.MoveNext())
        {
            if (Math.Sign(Comparer<T>.Default.Compare(items.Current, best)) == sign)
                best = items.Current;
        }
        return best;
    }

    private static T? ExtremeBy<T, TKey>(IEnumerable<T> source, Func<T, TKey> key, int sign)
    {
        ArgumentNullException.ThrowIfNull(source);
        using IEnumerator<T> items = source.GetEnumerator();
        if (!items.MoveNext())
            return default;
        T best = items.Current;
        TKey bestKey = key(best);
        while (items.MoveNext())
        {
            TKey candidate = key(items.Current);
            if (Math.Sign(Comparer<TKey>.Default.Compare(candidate, bestKey)) != sign)
                continue;
            (best, bestKey) = (items.Current, candidate);
        }
        return best;
    }
}
