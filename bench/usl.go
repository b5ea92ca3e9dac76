package bench

import "math"

// uslPeak fits Gunther's Universal Scalability Law to a ladder and returns the
// number of workers at which it peaks, 0 if it does not. N/X is a parabola in
// N−1, fitted by least squares; its coefficients are 1/γ, (σ+…)/γ and κ/γ.
func uslPeak(rungs []Rung) float64 {
	var m [3][4]float64 // normal equations
	for _, r := range rungs {
		if r.Throughput <= 0 {
			continue
		}
		n := float64(r.Workers)
		basis := [3]float64{1, n - 1, n * (n - 1)}
		for i := range basis {
			for j := range basis {
				m[i][j] += basis[i] * basis[j]
			}
			m[i][3] += basis[i] * n / r.Throughput
		}
	}
	a, b, c, ok := solve3(m)
	if !ok || c <= 0 || a <= b {
		return 0
	}
	return math.Sqrt((a - b) / c) // √((1−σ)/κ), with σ = b/a and κ = c/a
}

// solve3 solves three linear equations by elimination with pivoting.
func solve3(m [3][4]float64) (x, y, z float64, ok bool) {
	for col := range 3 {
		pivot := col
		for row := col + 1; row < 3; row++ {
			if math.Abs(m[row][col]) > math.Abs(m[pivot][col]) {
				pivot = row
			}
		}
		m[col], m[pivot] = m[pivot], m[col]
		if math.Abs(m[col][col]) < 1e-15 {
			return 0, 0, 0, false
		}
		for row := range 3 {
			if row == col {
				continue
			}
			f := m[row][col] / m[col][col]
			for k := col; k < 4; k++ {
				m[row][k] -= f * m[col][k]
			}
		}
	}
	return m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2], true
}
