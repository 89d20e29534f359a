using System.Collections;

namespace Wharf.Primitives.Sequences;

/// <summary>A sequence with an order over it; sorted, stably, when it is read.</summary>
public sealed class Ordered<T> : IEnumerable<T>
{
    private readonly IEnumerable<T> _source;
    private readonly Comparison<T> _comparison;

    internal Ordered(IEnumerable<T> source, Comparison<T> comparison)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_source, _comparison) = (source, comparison);
    }

    /// <summary>The same order, with ties decided by a further key.</summary>
    public Ordered<T> ThenBy<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer = null) => Then(ByKey(key, comparer, 1));

    /// <inheritdoc cref="ThenBy"/>
    public Ordered<T> ThenByDescending<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer = null) => Then(ByKey(key, comparer, -1));

    public IEnumerator<T> GetEnumerator()
    {
        T[] items = _source.ToArray();
        int[] order = new int[items.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        Comparison<T> comparison = _comparison;
        Array.Sort(order, (a, b) => comparison(items[a], items[b]) is var result and not 0 ? result : a.CompareTo(b));
        foreach (int index in order)
            yield return items[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static Comparison<T> ByKey<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer, int sign)
    {
        IComparer<TKey> keys = comparer ?? Comparer<TKey>.Default;
        return sign > 0 ? (a, b) => keys.Compare(key(a), key(b)) : (a, b) => keys.Compare(key(b), key(a));
    }

    private Ordered<T> Then(Comparison<T> further)
    {
        Comparison<T> first = _comparison;
        return new(_source, (a, b) => first(a, b) is var result and not 0 ? result : further(a, b));
    }
}

public static partial class Enumerable
{
    public static Ordered<T> OrderBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key, IComparer<TKey>? comparer = null)
        => new(source, Ordered<T>.ByKey(key, comparer, 1));

    public static Ordered<T> OrderByDescending<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key, IComparer<TKey>? comparer = null)
        => new(source, Ordered<T>.ByKey(key, comparer, -1));

    public static Ordered<T> Order<T>(this IEnumerable<T> source, IComparer<T>? comparer = null) => source.OrderBy(static item => item, comparer);

    public static Ordered<T> OrderDescending<T>(this IEnumerable<T> source, IComparer<T>? comparer = null) => source.OrderByDescending(static item => item, comparer);
}
