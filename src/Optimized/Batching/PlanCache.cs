namespace Gdn.Optimized.Batching;

/// <summary>Compiled plans by signature; the plan that has not been used for longest makes room for a new one.</summary>
public sealed class PlanCache
{
    private readonly int _capacity;
    private readonly Func<PlanSignature, BatchPlan> _compile;
    private readonly Dictionary<PlanSignature, LinkedListNode<BatchPlan>> _nodes;
    private readonly LinkedList<BatchPlan> _recent = new();

    /// <summary>Makes an empty cache.</summary>
    /// <param name="capacity">Plans kept.</param>
    /// <param name="compile">Makes a plan.</param>
    /// <param name="keys">When a plan may be used again; by default when the whole signature is equal.</param>
    public PlanCache(int capacity, Func<PlanSignature, BatchPlan> compile, IEqualityComparer<PlanSignature>? keys = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
        _compile = compile;
        _nodes = new Dictionary<PlanSignature, LinkedListNode<BatchPlan>>(keys);
    }

    /// <summary>Plans held.</summary>
    public int Count => _nodes.Count;

    /// <summary>How often a plan was found.</summary>
    public long Hits { get; private set; }

    /// <summary>How often a plan had to be compiled.</summary>
    public long Misses { get; private set; }

    /// <summary>The plan for a signature; the first request compiles it.</summary>
    public BatchPlan Get(PlanSignature signature)
    {
        if (_nodes.TryGetValue(signature, out LinkedListNode<BatchPlan>? node))
        {
            Hits++;
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value;
        }

        Misses++;
        if (_nodes.Count == _capacity)
        {
            _nodes.Remove(_recent.Last!.Value.Signature);
            _recent.RemoveLast();
        }

        BatchPlan plan = _compile(signature);
        _nodes.Add(plan.Signature, _recent.AddFirst(plan));
        return plan;
    }
}
