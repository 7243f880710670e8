namespace Gdn.Harness.Kernels;

/// <summary>One execution of an engine on the inputs of a case, in poisoned and guarded buffers.</summary>
internal sealed class KernelRun
{
    private readonly (string Name, float[] Given, GuardedBuffer Buffer)[] _inputs;
    private readonly GuardedBuffer _pool, _output, _snapshots;
    private readonly KernelShape _shape;
    private readonly int[] _rows;

    private KernelRun(KernelData data)
    {
        (_shape, _rows) = (data.Case.Shape, data.Rows);
        _inputs =
        [
            ("q", data.Q, new(data.Q)), ("k", data.K, new(data.K)), ("v", data.V, new(data.V)), ("g", data.G, new(data.G)),
            ("beta", data.Beta, new(data.Beta)),
        ];
        _pool = new GuardedBuffer(data.Pool);
        _output = new GuardedBuffer(_shape.ValueLength);
        _snapshots = new GuardedBuffer(_shape.SnapshotLength);
    }

    /// <summary>States after the call, <c>[rows, Hv, K, V]</c>.</summary>
    public ReadOnlySpan<float> Pool => _pool.Contents;

    /// <summary>A result, laid out as <see cref="KernelBuffer"/> says.</summary>
    public ReadOnlySpan<float> this[KernelBuffer buffer] => buffer switch
    {
        KernelBuffer.Output => _output.Contents,
        KernelBuffer.State => States(),
        _ => _snapshots.Contents[..(_shape.FilledPlanes * _shape.Sequences * _shape.Rule.StateLength)],
    };

    /// <summary>Runs the engine; whatever it throws passes through.</summary>
    public static KernelRun Execute(IKernelEngine engine, KernelData data)
    {
        var run = new KernelRun(data);
        engine.Run(new KernelCall
        {
            Shape = run._shape,
            Q = run._inputs[0].Buffer.Contents,
            K = run._inputs[1].Buffer.Contents,
            V = run._inputs[2].Buffer.Contents,
            G = run._inputs[3].Buffer.Contents,
            Beta = run._inputs[4].Buffer.Contents,
            Rows = run._rows.ToArray(),
            Pool = run._pool.Contents,
            Output = run._output.Contents,
            Snapshots = run._snapshots.Contents,
        });
        return run;
    }

    /// <summary>The first write where none belongs, as <c>buffer[index]</c>: a guard zone, or an input; or null.</summary>
    public string? FirstStrayWrite()
    {
        foreach ((string name, float[] given, GuardedBuffer buffer) in _inputs)
        {
            int changed = GuardedBuffer.FirstDifference(given, buffer.Contents);
            if (changed >= 0) return $"{name}[{changed}]";
        }

        foreach ((string name, GuardedBuffer buffer) in
            _inputs.Select(i => (i.Name, i.Buffer)).Concat([("pool", _pool), ("o", _output), ("snapshots", _snapshots)]))
            if (buffer.FirstDamage() is { } index) return $"{name}[{index}] of {buffer.Contents.Length}";
        return null;
    }

    private float[] States()
    {
        int length = _shape.Rule.StateLength;
        var states = new float[_shape.Sequences * length];
        for (int n = 0; n < _shape.Sequences; n++)
            Pool.Slice(_rows[n] * length, length).CopyTo(states.AsSpan(n * length));
        return states;
    }
}
